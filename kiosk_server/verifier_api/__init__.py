"""The API of organisations that verify (核验接口), `/api/verifier/v1`."""
