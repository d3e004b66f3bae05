"""Privacy: what is held about a person, handed out, erased, and forgotten in time; counts without cookies."""
