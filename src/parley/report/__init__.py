"""What results say, as plain records: tables and summaries that any face can render."""
