"""The postmortem as data and as documents: functions of plain data, nothing read and nothing written."""
