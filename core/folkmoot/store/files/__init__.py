"""Files: kept privately by their content, looked at before anyone gets them, handed out by signed links."""
