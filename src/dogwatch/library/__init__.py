"""Video files: uploaded, registered where they lie, or made of recordings, and what is made of them.

The life of a file: its bytes arrive in `incoming/` (`uploads`), or lie below a directory that the configuration names
(`roots`). `catalogue` gives it a row and a folder, has a file worker look at it, and lets it go again. Everything that
decodes a file happens in such workers. `library.FileLibrary` puts the parts together.
"""
