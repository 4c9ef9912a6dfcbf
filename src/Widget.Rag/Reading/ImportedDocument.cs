namespace Widget.Rag.Reading;

/// <summary>A text for the import API.</summary>
/// <param name="ExternalId">The importer's own id; importing it again replaces the document.</param>
/// <param name="Description">What the importer says of it.</param>
/// <param name="Content">Its bytes, in the description's media type.</param>
/// <param name="Error">Why it cannot be taken in; it then counts as failed at once.</param>
public sealed record ImportedDocument(string ExternalId, DocumentDescription Description, byte[] Content, string? Error = null);
