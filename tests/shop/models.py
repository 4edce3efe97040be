"""One model of each kind that an argument of a job can be."""

from __future__ import annotations

import uuid

from django.db import models


class Person(models.Model):
    """The plain case: a number as primary key."""

    name = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name


class Customer(Person):
    """Multi-table inheritance: the row of a Person and one more."""

    discount = models.DecimalField(max_digits=5, decimal_places=2, default=0)

    def __str__(self) -> str:
        return f"{self.name} ({self.discount} %)"


class Regular(Customer):
    """A proxy: another class for the rows of Customer."""

    class Meta:
        proxy = True

    def __str__(self) -> str:
        return self.name


class Order(models.Model):
    """A UUID as primary key, and a foreign key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True)

    def __str__(self) -> str:
        return str(self.id)


class Voucher(models.Model):
    """A text as primary key, which may need escaping in a URI."""

    code = models.CharField(primary_key=True, max_length=100)

    def __str__(self) -> str:
        return self.code


class Shelf(models.Model):
    """A composite primary key."""

    pk = models.CompositePrimaryKey("aisle", "level")
    aisle = models.CharField(max_length=20)
    level = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.aisle}/{self.level}"


class OpenTickets(models.Manager["Ticket"]):
    """Only what is still open."""

    def get_queryset(self) -> models.QuerySet[Ticket]:
        return super().get_queryset().filter(closed=False)


class Ticket(models.Model):
    """A default manager that hides rows, which a job must find all the same."""

    closed = models.BooleanField(default=False)

    objects = OpenTickets()

    def __str__(self) -> str:
        return f"ticket {self.pk}"
