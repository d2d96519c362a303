"""What routes answer when all goes well, as types for the OpenAPI document; loaded when that is first asked for.

A field without a default is a key that is always there. Objects may get further keys later, so clients should ignore
what they do not know.
"""
