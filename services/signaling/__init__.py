"""Who meets whom in a call, and by which servers."""
