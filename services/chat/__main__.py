from services.chat.app import main

if __name__ == "__main__":
    main()
