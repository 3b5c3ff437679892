"""What auth is asked, by what one wants: to come in, to leave, to be known."""
