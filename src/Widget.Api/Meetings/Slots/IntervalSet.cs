using NodaTime;

namespace Widget.Api.Meetings.Slots;

/// <summary>Instants as intervals that are sorted and don't touch.</summary>
internal sealed class IntervalSet
{
    private readonly List<Interval> _intervals = [];

    /// <param name="intervals">Bounded intervals, in any order. They may overlap.</param>
    public IntervalSet(IEnumerable<Interval> intervals)
    {
        foreach (var interval in intervals.Where(interval => interval.Start < interval.End).OrderBy(interval => interval.Start))
        {
            if (_intervals.Count > 0 && interval.Start <= _intervals[^1].End)
                _intervals[^1] = new Interval(_intervals[^1].Start, Instant.Max(_intervals[^1].End, interval.End));
            else _intervals.Add(interval);
        }
    }

    public static IntervalSet Empty { get; } = new([]);

    public IReadOnlyList<Interval> Intervals => _intervals;

    /// <summary>Whether the set has an instant of the interval.</summary>
    public bool Overlaps(Instant start, Instant end)
    {
        var index = FindFirstEndingAfter(start);
        return index < _intervals.Count && _intervals[index].Start < end;
    }

    /// <summary>Whether the set has all instants of the interval.</summary>
    public bool Contains(Instant start, Instant end)
    {
        var index = FindFirstEndingAfter(start);
        return index < _intervals.Count && _intervals[index].Start <= start && end <= _intervals[index].End;
    }

    private int FindFirstEndingAfter(Instant instant)
    {
        var (low, high) = (0, _intervals.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_intervals[middle].End <= instant) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
