"""Consultation: ask the public about a policy, and publish what they said."""
