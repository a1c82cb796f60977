"""Gateways (对接): one adapter for each outside platform; simulated ones ship with the product."""
