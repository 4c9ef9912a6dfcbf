using Widget.Contracts;

namespace Widget.Api.Voice.Dialogue;

/// <summary>
/// What is said in a call, in the order in which it was said, which is not the order in which its text arrives: a visitor's words are written down by
/// another model and often come after the reply has begun. A line goes to the log when all before it have gone.
/// </summary>
internal sealed class Transcript(Action<SpokenLine> log)
{
    private readonly LinkedList<Line> _lines = [];
    private readonly Dictionary<string, LinkedListNode<Line>> _open = new(StringComparer.Ordinal);
    private readonly HashSet<string> _done = new(StringComparer.Ordinal);

    /// <summary>Somebody says something. A second time changes nothing.</summary>
    /// <param name="item">The provider's id of it.</param>
    /// <param name="speaker">Who.</param>
    /// <param name="after">The item before it; null for after everything.</param>
    public void Add(string item, Speaker speaker, string? after)
    {
        if (_open.ContainsKey(item) || _done.Contains(item)) return;
        var line = new Line(item, speaker);
        _open.Add(item, after is null ? _lines.AddLast(line)
            : _open.TryGetValue(after, out var before) ? _lines.AddAfter(before, line)
            : _done.Contains(after) ? AddFirst(line)
            : _lines.AddLast(line));
    }

    // What it follows is in the log already, so it comes before all that is open, but for what followed the same.
    private LinkedListNode<Line> AddFirst(Line line) => _lines.AddFirst(line);

    public bool IsOpen(string item) => _open.ContainsKey(item);

    public string TextOf(string item) => _open.TryGetValue(item, out var node) ? node.Value.Text : "";

    /// <summary>More of what is being said.</summary>
    public void Append(string item, string text)
    {
        if (_open.TryGetValue(item, out var node)) node.Value.Text += text;
    }

    /// <summary>All of it, as far as it was said.</summary>
    public void Replace(string item, string text)
    {
        if (_open.TryGetValue(item, out var node)) node.Value.Text = text;
    }

    /// <summary>Nothing more comes of it. What was never heard is left out.</summary>
    public void Settle(string item, bool interrupted = false)
    {
        if (!_open.TryGetValue(item, out var node)) return;
        (node.Value.IsSettled, node.Value.Interrupted) = (true, interrupted);
        Flush();
    }

    /// <summary>Whoever has come too late for its place is written down where the log is by now.</summary>
    public void Late(string item, Speaker speaker, string text)
    {
        if (_done.Add($"{item} late") && text.Trim().Length > 0) log(new SpokenLine(item, speaker, text.Trim(), Interrupted: false));
    }

    /// <summary>Everything that is open is settled as it is.</summary>
    public void SettleAll(Func<string, Speaker, bool> interrupted)
    {
        foreach (var line in _lines.Where(line => !line.IsSettled)) (line.IsSettled, line.Interrupted) = (true, interrupted(line.Item, line.Speaker));
        Flush();
    }

    private void Flush()
    {
        while (_lines.First is { Value.IsSettled: true } first)
        {
            var line = first.Value;
            _lines.RemoveFirst();
            _open.Remove(line.Item);
            _done.Add(line.Item);
            if (line.Text.Trim() is { Length: > 0 } text) log(new SpokenLine(line.Item, line.Speaker, text, line.Interrupted));
        }
    }

    private sealed class Line(string item, Speaker speaker)
    {
        public string Item => item;

        public Speaker Speaker => speaker;

        public string Text { get; set; } = "";

        public bool IsSettled { get; set; }

        public bool Interrupted { get; set; }
    }
}
