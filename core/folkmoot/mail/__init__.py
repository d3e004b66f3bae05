"""Mail: messages kept with what caused them, sent by a job, through the console, SMTP or GOV.UK Notify."""
