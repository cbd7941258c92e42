//! What does a reader see of a snapshot? A view: the original with byte spans replaced, closed and without script. Pure.
