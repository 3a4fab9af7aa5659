#!/usr/bin/env python3
"""Writes calendar_periods.csv: periods of the calendar as Python's zoneinfo has them, to hold base/calendar.hpp to.

  make_calendar_periods.py > calendar_periods.csv

A day begins at the first moment whose date is that day's or a later one, found by looking at every quarter of an hour and
then halving: nothing here knows of offsets or transitions.
"""
import datetime
import random
import zoneinfo

UTC = datetime.timezone.utc
EPOCH = datetime.date(1970, 1, 1)
ZONES = ["UTC", "Europe/Berlin", "Europe/London", "America/New_York", "America/Los_Angeles", "America/Sao_Paulo", "America/St_Johns",
         "America/Havana", "Africa/Cairo", "Africa/Casablanca", "Asia/Beirut", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tehran", "Asia/Gaza",
         "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kwajalein", "Pacific/Chatham", "Pacific/Kiritimati"]
NOTABLE = {   # local dates around which something happens
    "Europe/Berlin": ["2024-03-31", "2024-10-27", "2041-07-01", "2096-10-28"], "America/New_York": ["2024-03-10", "2024-11-03", "2060-06-15"],
    "America/Sao_Paulo": ["2018-11-04", "2018-02-18"], "Africa/Cairo": ["2014-05-16", "2023-04-28", "2023-10-27"],
    "Asia/Beirut": ["2023-03-30", "2024-03-31"], "Australia/Lord_Howe": ["2024-04-07", "2024-10-06"],
    "Pacific/Apia": ["2011-12-29", "2011-12-30", "2011-12-31"], "America/St_Johns": ["2005-10-30", "2010-11-07"],
    "America/Havana": ["2024-03-10", "2024-11-03"], "Pacific/Kwajalein": ["1969-09-30", "1969-10-01", "1993-08-21"],
    "UTC": ["2024-02-29", "2100-03-01", "2000-02-29", "2100-02-28"], "Asia/Gaza": ["2010-03-27", "2009-09-04"],
}


def date_at(zone, moment):
    return datetime.datetime.fromtimestamp(moment, UTC).astimezone(zone).date()


def begins(zone, day):
    noon = (day - EPOCH).days * 86400
    step, moment = 900, noon - 30 * 3600
    while date_at(zone, moment) < day:
        moment += step
    low, high = moment - step, moment
    while high - low > 1:
        middle = (low + high) // 2
        if date_at(zone, middle) < day:
            low = middle
        else:
            high = middle
    return high


def first_days(unit, count, day):
    """Of the period with that day and of the next."""
    if unit in "dw":
        origin = EPOCH if unit == "d" else datetime.date(1970, 1, 5)
        length = count * (1 if unit == "d" else 7)
        first = origin + datetime.timedelta((day - origin).days // length * length)
        return first, first + datetime.timedelta(length)
    length = count * (1 if unit == "M" else 12)
    index = ((day.year - 1970) * 12 + day.month - 1) // length * length

    def month(number):
        return datetime.date(1970 + number // 12, number % 12 + 1, 1)
    return month(index), month(index + length)


def period(zone, unit, count, moment):
    first, following = first_days(unit, count, date_at(zone, moment))
    begin, end = begins(zone, first), begins(zone, following)
    if moment >= end:   # the clocks have gone back over midnight: the day has begun already
        first, following = first_days(unit, count, following)
        begin, end = end, begins(zone, following)
    assert begin <= moment < end, (zone, unit, count, moment)
    return begin, end


def main():
    dice = random.Random(1970)
    print("# zone, unit, count, moment, begin, end: written by make_calendar_periods.py")
    for name in ZONES:
        zone = zoneinfo.ZoneInfo(name)
        moments = [dice.randrange(0, 2 ** 32) for _ in range(6)] + [dice.randrange(2 ** 31, 2 ** 32 + 2 ** 31) for _ in range(2)]
        for text in NOTABLE.get(name, []):
            day = begins(zone, datetime.date.fromisoformat(text))
            moments += [day - 1, day, day + dice.randrange(-7200, 7200), day + dice.randrange(86400)]
        for moment in moments:
            unit = dice.choice("dddwMY")
            count = dice.choice([1, 1, 1, 2, 3, dice.randrange(1, 30)])
            print(",".join(map(str, [name, unit, count, moment, *period(zone, unit, count, moment)])))


main()
