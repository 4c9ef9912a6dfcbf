namespace Widget.Rag.Search;

/// <summary>Kind of a document.</summary>
public enum DocumentKind
{
    /// <summary>Text: a page, a file, a table.</summary>
    Text,

    /// <summary>A question and its answer, written by a person.</summary>
    Answer,
    Image,
    Audio,
    Video,

    /// <summary>A demo: a clip, a picture, a slide, a page to embed.</summary>
    Demo,
}
