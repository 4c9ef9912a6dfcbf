using Widget.Contracts;

namespace Widget.Api.Voice.Dialogue;

/// <summary>
/// Orders what is said in a call by the time of speech. Texts arrive in another order: another model transcribes the visitor, often after
/// the reply has started. A line is logged when it is complete and all lines before it are logged.
/// </summary>
internal sealed class Transcript(Action<SpokenUtterance> log)
{
    private readonly LinkedList<Line> _lines = [];
    private readonly Dictionary<string, LinkedListNode<Line>> _open = new(StringComparer.Ordinal);
    private readonly HashSet<string> _logged = new(StringComparer.Ordinal);

    /// <summary>Adds a line whose text will follow. A repeated item is ignored.</summary>
    /// <param name="item">The provider's id of the item.</param>
    /// <param name="speaker">Who speaks.</param>
    /// <param name="after">The item before it; null to add it at the end.</param>
    public void Add(string item, Speaker speaker, string? after)
    {
        if (_open.ContainsKey(item) || _logged.Contains(item)) return;
        var line = new Line(item, speaker);
        _open.Add(item, after is null ? _lines.AddLast(line)
            : _open.TryGetValue(after, out var before) ? _lines.AddAfter(before, line)
            // The item before it is logged already, so it precedes all open lines.
            : _logged.Contains(after) ? _lines.AddFirst(line)
            : _lines.AddLast(line));
    }

    public bool IsOpen(string item) => _open.ContainsKey(item);

    public string TextOf(string item) => _open.TryGetValue(item, out var node) ? node.Value.Text : "";

    /// <summary>Adds text to an open line.</summary>
    public void Append(string item, string text)
    {
        if (_open.TryGetValue(item, out var node)) node.Value.Text += text;
    }

    /// <summary>Replaces the text of an open line.</summary>
    public void Replace(string item, string text)
    {
        if (_open.TryGetValue(item, out var node)) node.Value.Text = text;
    }

    /// <summary>Completes a line. A line without text is not logged.</summary>
    public void Complete(string item, bool interrupted = false)
    {
        if (!_open.TryGetValue(item, out var node)) return;
        (node.Value.IsComplete, node.Value.Interrupted) = (true, interrupted);
        Flush();
    }

    /// <summary>Logs a text that arrived after its place in the log has passed.</summary>
    public void LogLate(string item, Speaker speaker, string text)
    {
        if (_logged.Add($"{item} late") && text.Trim().Length > 0) log(new SpokenUtterance(item, speaker, text.Trim(), Interrupted: false));
    }

    /// <summary>Completes all open lines with the text that they have.</summary>
    public void CompleteAll(Func<string, Speaker, bool> isInterrupted)
    {
        foreach (var line in _lines.Where(line => !line.IsComplete))
            (line.IsComplete, line.Interrupted) = (true, isInterrupted(line.Item, line.Speaker));
        Flush();
    }

    private void Flush()
    {
        while (_lines.First is { Value.IsComplete: true } first)
        {
            var line = first.Value;
            _lines.RemoveFirst();
            _open.Remove(line.Item);
            _logged.Add(line.Item);
            if (line.Text.Trim() is { Length: > 0 } text) log(new SpokenUtterance(line.Item, line.Speaker, text, line.Interrupted));
        }
    }

    private sealed class Line(string item, Speaker speaker)
    {
        public string Item => item;

        public Speaker Speaker => speaker;

        public string Text { get; set; } = "";

        public bool IsComplete { get; set; }

        public bool Interrupted { get; set; }
    }
}
