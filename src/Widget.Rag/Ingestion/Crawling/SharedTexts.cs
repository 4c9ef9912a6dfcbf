namespace Widget.Rag.Ingestion.Crawling;

/// <summary>
/// Finds the texts that several new pages of a job show. Remembers a number for each page, so that a job of any size needs little memory,
/// and the whole texts of a few that look like maintenance.
/// </summary>
internal sealed class SharedTexts
{
    private const int MaxOutages = 20;

    private readonly Dictionary<long, int> _counts = [];
    private readonly List<PageText> _outages = [];

    /// <summary>Adds the texts of pages.</summary>
    public void Add(IEnumerable<PageText> texts)
    {
        foreach (var text in texts)
        {
            _counts[text.Signature] = Count(text) + 1;
            if (_outages.Count < MaxOutages && OutageMarkers.AreIn(text)) _outages.Add(text);
        }
    }

    /// <summary>Number of pages with about this text. It may be wrong by a few.</summary>
    public int Count(PageText text) => _counts.GetValueOrDefault(text.Signature);

    /// <summary>Whether another page shows this text, which looks like maintenance.</summary>
    public bool IsSharedOutage(PageText text) => _outages.Exists(other => other.Address != text.Address && other.IsSameAs(text));
}
