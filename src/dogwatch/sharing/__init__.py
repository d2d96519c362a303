"""Links that show a clip, an event or an export to people without an account, and nothing else.

A link is a row, of which the database holds only the hash of what the link ends with. Whether it works is decided at
each use, and once a minute: its footage must be there, its camera configured, and its maker must still have the rights
that he had. A link that has ended stays ended. What is to be covered is encoded anew by a process of its own, as a job;
the copy is deleted when the link ends.
"""
