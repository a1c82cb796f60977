"""The terminal's own voice towards the server: enrolment, signatures, heartbeat, wire forms."""
