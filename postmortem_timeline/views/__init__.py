"""Charts, tables and sentences for people: functions of plain data."""
