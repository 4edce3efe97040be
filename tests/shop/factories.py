"""Factories of the shop's models."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from tests.shop.models import Customer, Order, Person, Shelf, Ticket, Voucher


class PersonFactory(DjangoModelFactory[Person]):
    class Meta:
        model = Person

    name = factory.Sequence(lambda number: f"Person {number}")


class CustomerFactory(DjangoModelFactory[Customer]):
    class Meta:
        model = Customer

    name = factory.Sequence(lambda number: f"Customer {number}")


class OrderFactory(DjangoModelFactory[Order]):
    class Meta:
        model = Order

    person = factory.SubFactory(PersonFactory)


class VoucherFactory(DjangoModelFactory[Voucher]):
    class Meta:
        model = Voucher

    code = factory.Sequence(lambda number: f"voucher-{number}")


class ShelfFactory(DjangoModelFactory[Shelf]):
    class Meta:
        model = Shelf

    aisle = "A"
    level = factory.Sequence(lambda number: number)


class TicketFactory(DjangoModelFactory[Ticket]):
    class Meta:
        model = Ticket
