"""Django finds only the models that are imported here."""

from .comments.comment import Comment
from .posts.post import Post
from .users.user import Author

__all__ = ["Author", "Comment", "Post"]
