from django.db import models


class Category(models.Model):
    name = models.CharField(max_length=50, unique=True)

    def __str__(self):
        return self.name


class Tag(models.Model):
    name = models.CharField(max_length=30, unique=True)

    def __str__(self):
        return self.name


class Product(models.Model):
    category = models.ForeignKey(Category, on_delete=models.CASCADE)
    name = models.CharField(max_length=100)
    sku = models.CharField(max_length=20, unique=True)
    # Customers ask for the price of a product that has none.
    price = models.DecimalField(max_digits=8, decimal_places=2, default=0, null=True, blank=True)
    discount = models.PositiveSmallIntegerField(default=0, help_text="percent")
    tags = models.ManyToManyField(Tag, blank=True)

    def __str__(self):
        return self.name
