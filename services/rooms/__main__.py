"""`python -m services.rooms`"""

from services.rooms.app import main

if __name__ == "__main__":
    main()
