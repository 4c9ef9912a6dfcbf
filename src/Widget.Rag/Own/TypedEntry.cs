using Widget.Rag.Reading;

namespace Widget.Rag.Own;

/// <summary>Knowledge that a person types in a form. It is stored as typed and searched through a document made from it.</summary>
internal interface ITypedEntry
{
    /// <summary>The document's external id.</summary>
    string ExternalId { get; }

    ImportedDocument ToDocument();
}
