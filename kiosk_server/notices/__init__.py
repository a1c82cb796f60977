"""Notices (消息提醒): what a resident is told of his own certificates, objections and cases."""
