namespace Widget.Rag.Search;

/// <summary>What a document is.</summary>
public enum DocumentKind
{
    /// <summary>Something to read: a page, a file, a table.</summary>
    Text,

    /// <summary>A question with its answer, written by a person.</summary>
    Answer,
    Image,
    Audio,
    Video,

    /// <summary>Something to show: a clip, a picture, a slide, a page to embed.</summary>
    Demo,
}
