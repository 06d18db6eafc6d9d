"""One product, as the catalogue describes it."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from amiss.dataset.words import Material
from amiss.domain.errors import GalleryError, RecordError
from amiss.gallery.identify.gs1 import gtin
from amiss.gallery.names import check_product_name

LONGEST_TEXT = 1000
_MOST_UNITS = 100_000
Name = Annotated[str, Field(max_length=LONGEST_TEXT)]
Metres = Annotated[float, Field(gt=0, le=100)]


class ProductClass(StrEnum):
    """What makes damage matter more."""

    FRAGILE = "fragile"
    LIQUID = "liquid"
    FOOD = "food"
    GIFT = "gift"


class Product(BaseModel):
    """A product. What is not known is left out.

    gtins: with check digits; kept with 14 digits. units: how many pieces are sold as one. size:
    length, width and height in metres, in any order. weight: kilograms. value: of one, in
    `currency` (ISO 4217).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    product: str
    title: Name = ""
    gtins: tuple[str, ...] = ()
    vendor: Name | None = None
    packaging: Name | None = None
    material: Material | None = None
    classes: tuple[ProductClass, ...] = ()
    units: Annotated[int, Field(ge=1, le=_MOST_UNITS)] | None = None
    size: tuple[Metres, Metres, Metres] | None = None
    weight: Annotated[float, Field(gt=0, le=100_000)] | None = None
    value: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None

    @field_validator("product")
    @classmethod
    def _is_a_name(cls, name: str) -> str:
        try:
            check_product_name(name)
        except GalleryError as error:
            raise ValueError(str(error)) from error
        return name

    @field_validator("product", "title", "vendor", "packaging")
    @classmethod
    def _is_text(cls, text: str | None) -> str | None:
        if text is not None and "\x00" in text:
            raise ValueError("text holds a zero byte")
        return text

    @field_validator("gtins")
    @classmethod
    def _have_check_digits(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        found = {code: gtin(code.strip()) for code in codes}
        wrong = [code for code, read in found.items() if read is None]
        if wrong:
            raise ValueError(f"{', '.join(wrong)[:80]} is no GTIN, or its check digit is wrong")
        return tuple(dict.fromkeys(read for read in found.values() if read is not None))

    @classmethod
    def read(cls, values: dict[str, object]) -> Self:
        """A product from plain values.

        Raises:
            RecordError: a value is not what it should be; the sentence names it.
        """
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise RecordError(_first(error)) from error


def _first(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in found["loc"]) or "product"
    return f"{where}: {found['msg'].removeprefix('Value error, ')}"
