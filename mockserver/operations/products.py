"""Reference data that the product pages answer. Pages: api-bpconsole/qct_00006.html, qct_00007.html."""

from mockserver.domain import reference
from mockserver.operations.call import Body, Call
from mockserver.operations.registry import operation


@operation
def list_measure_units(call: Call) -> Body:
    """Every unit of the site, named in the language of ``X-Language``; the abbreviation is English in both."""
    return {
        "measure_units": [
            {
                "measure_id": unit.measure_id,
                "measure_name": unit.name,
                "abbreviation": unit.abbreviation,
                "measure_type": unit.measure_type,
            }
            for unit in reference.measure_units(call.site, call.language)
        ]
    }


@operation
def list_conversions(call: Call) -> Body:
    """The conversions of one measurement type or of all; an unknown type, or one without a number system, has none."""
    return {
        "conversions": [
            {
                "measure_id": conversion.measure_id,
                "ref_measure_id": conversion.ref_measure_id,
                "conversion_ratio": conversion.ratio,
                "measure_type": conversion.measure_type,
            }
            for conversion in reference.conversions(call.site, call["measure_type"])
        ]
    }
