"""The rules that decide at once (秒批), one module each: pure, numbered, with stated reasons."""
