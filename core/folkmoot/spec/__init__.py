"""What plugins and core agree on: descriptors, hook specifications, events, errors. Imports nothing of ours."""
