from django.db import models


class Post(models.Model):
    author = models.ForeignKey("blog.Author", on_delete=models.CASCADE)
    title = models.CharField(max_length=100)
    slug = models.SlugField(max_length=100, blank=True, default="")
    body = models.TextField()
    published_on = models.DateField()

    def __str__(self):
        return self.title
