namespace Widget.Admin.Inbox;

/// <summary>Replies and notes that the viewer has begun to write, by conversation. They stay while the viewer visits other pages.</summary>
public sealed class Drafts
{
    private readonly Dictionary<(Guid Conversation, bool IsNote), string> _texts = [];

    public string Read(Guid conversation, bool isNote) => _texts.GetValueOrDefault((conversation, isNote), "");

    public void Write(Guid conversation, bool isNote, string text)
    {
        if (text.Length == 0) _texts.Remove((conversation, isNote));
        else _texts[(conversation, isNote)] = text;
    }
}
