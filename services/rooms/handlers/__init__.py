"""What the service is asked, one file for each kind of deed."""
