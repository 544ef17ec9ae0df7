"""What a run of the suite found, as lines, as a page and for programs."""
