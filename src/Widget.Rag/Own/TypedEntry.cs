using Widget.Rag.Reading;

namespace Widget.Rag.Own;

/// <summary>Knowledge that a person types in a form: kept as it was typed, and searched as a document made from it.</summary>
internal interface ITypedEntry
{
    /// <summary>The document's id in its source.</summary>
    string ExternalId { get; }

    ImportedDocument ToDocument();
}
