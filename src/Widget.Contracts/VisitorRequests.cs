using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>A visitor's message.</summary>
public sealed record MessageRequest : IValidatableObject
{
    /// <summary>Your ID for the message. A request with the same ID does not create a second message.</summary>
    [Required]
    [StringLength(64, MinimumLength = 1)]
    [RegularExpression("(?s)(?!video:|voice:|tool:).*", ErrorMessage = "clientId must not start with video:, voice: or tool:.")]
    [JsonConverter(typeof(IdentifierConverter))]
    public string ClientId { get; init; } = "";

    /// <summary>The message. It may be empty if files are attached.</summary>
    [StringLength(4_000, ErrorMessage = "The message is longer than 4,000 characters.")]
    public string Text { get; init; } = "";

    /// <summary>The page on which the visitor sends the message.</summary>
    [StringLength(2_000)]
    public string? Page { get; init; }

    /// <summary>The widget's language for the visitor, such as <c>de</c>. Defaults to the question's language.</summary>
    [StringLength(10)]
    public string? Locale { get; init; }

    /// <summary>IDs of files that were uploaded to the conversation before, at most 10.</summary>
    [MaxLength(10, ErrorMessage = "A message can have at most 10 attachments.")]
    public IReadOnlyList<Guid>? Attachments { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Attachments is not { Count: > 0 } && !new VisibleTextAttribute().IsValid(Text))
            yield return new("The message is empty.", [nameof(Text)]);
    }
}

public sealed record RatingRequest : IValidatableObject
{
    /// <summary>Your ID for the request. Sending it again has no effect.</summary>
    [Required]
    [StringLength(64, MinimumLength = 1)]
    [RegularExpression("(?s)(?!video:|voice:|tool:).*", ErrorMessage = "clientId must not start with video:, voice: or tool:.")]
    [JsonConverter(typeof(IdentifierConverter))]
    public string ClientId { get; init; } = "";

    /// <summary>ID of the rated answer.</summary>
    public Guid MessageId { get; init; }

    /// <summary>The rating.</summary>
    public Rating Rating { get; init; }

    /// <summary>Why the answer was rated down.</summary>
    public RatingReason? Reason { get; init; }

    /// <summary>What the visitor says about an answer that they rate down.</summary>
    [StringLength(1_000, ErrorMessage = "comment can have at most 1,000 characters.")]
    public string? Comment { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Rating == Rating.Down) yield break;
        if (Reason is not null) yield return new("A reason can only be given with the rating \"down\".", [nameof(Reason)]);
        if (Comment is not null) yield return new("A comment can only be given with the rating \"down\".", [nameof(Comment)]);
    }
}

/// <summary>Asks for a person. All fields but the client ID are optional.</summary>
public sealed record PersonRequest
{
    /// <summary>Your ID for the request. Sending it again has no effect.</summary>
    [Required]
    [StringLength(64, MinimumLength = 1)]
    [RegularExpression("(?s)(?!video:|voice:|tool:).*", ErrorMessage = "clientId must not start with video:, voice: or tool:.")]
    [JsonConverter(typeof(IdentifierConverter))]
    public string ClientId { get; init; } = "";

    /// <summary>The visitor's name.</summary>
    [StringLength(200, ErrorMessage = "name can have at most 200 characters.")]
    public string? Name { get; init; }

    /// <summary>The visitor's e-mail address. With an address, the request is kept as a lead.</summary>
    [StringLength(320), EmailAddress(ErrorMessage = "email is not an e-mail address.")]
    public string? Email { get; init; }

    /// <summary>What the person should know.</summary>
    [StringLength(2_000, ErrorMessage = "message can have at most 2,000 characters.")]
    public string? Message { get; init; }

    /// <summary>The widget's language for the visitor, such as <c>de</c>.</summary>
    [StringLength(10)]
    public string? Locale { get; init; }

    /// <summary>The page on which the visitor asks. It counts for this page in analytics.</summary>
    [StringLength(2_000)]
    public string? Page { get; init; }

    /// <summary>The privacy notice that the visitor was shown, word for word.</summary>
    [StringLength(1_000, ErrorMessage = "consent can have at most 1,000 characters.")]
    public string? Consent { get; init; }
}

/// <summary>Asks for a person. All fields are optional.</summary>
public sealed record HumanRequest
{
    /// <summary>Your ID for the request. Sending it again has no effect. Without it, each request counts.</summary>
    [StringLength(64, MinimumLength = 1)]
    [RegularExpression("(?s)(?!video:|voice:|tool:).*", ErrorMessage = "clientId must not start with video:, voice: or tool:.")]
    [JsonConverter(typeof(IdentifierConverter))]
    public string? ClientId { get; init; }

    /// <summary>Why the visitor wants a person, in a few words. The staff see it in the inbox.</summary>
    [StringLength(500, ErrorMessage = "reason can have at most 500 characters.")]
    public string? Reason { get; init; }

    /// <summary>The visitor's name.</summary>
    [StringLength(200, ErrorMessage = "name can have at most 200 characters.")]
    public string? Name { get; init; }

    /// <summary>The visitor's e-mail address. With an address, the request is kept as a lead.</summary>
    [StringLength(320), EmailAddress(ErrorMessage = "email is not an e-mail address.")]
    public string? Email { get; init; }

    /// <summary>What the person should know.</summary>
    [StringLength(2_000, ErrorMessage = "message can have at most 2,000 characters.")]
    public string? Message { get; init; }

    /// <summary>The widget's language for the visitor, such as <c>de</c>.</summary>
    [StringLength(10)]
    public string? Locale { get; init; }

    /// <summary>The page on which the visitor asks. It counts for this page in analytics.</summary>
    [StringLength(2_000)]
    public string? Page { get; init; }

    /// <summary>The privacy notice that the visitor was shown, word for word.</summary>
    [StringLength(1_000, ErrorMessage = "consent can have at most 1,000 characters.")]
    public string? Consent { get; init; }
}

/// <summary>Chooses the assistant instead of a person.</summary>
public sealed record AssistantRequest
{
    /// <summary>Your ID for the request. Sending it again has no effect.</summary>
    [Required]
    [StringLength(64, MinimumLength = 1)]
    [RegularExpression("(?s)(?!video:|voice:|tool:).*", ErrorMessage = "clientId must not start with video:, voice: or tool:.")]
    [JsonConverter(typeof(IdentifierConverter))]
    public string ClientId { get; init; } = "";
}

/// <summary>Says how far the conversation has been read.</summary>
public sealed record ReadRequest
{
    /// <summary>Sequence number of the last event that was read.</summary>
    [Range(0, int.MaxValue, ErrorMessage = "seq must not be negative.")]
    public int Seq { get; init; }
}

/// <summary>Gives contact details, or declines to. An e-mail address or a phone number is required, unless declined.</summary>
public sealed record ContactRequest : IValidatableObject
{
    /// <summary>Your ID for the request. Sending it again has no effect.</summary>
    [Required]
    [StringLength(64, MinimumLength = 1)]
    [RegularExpression("(?s)(?!video:|voice:|tool:).*", ErrorMessage = "clientId must not start with video:, voice: or tool:.")]
    [JsonConverter(typeof(IdentifierConverter))]
    public string ClientId { get; init; } = "";

    /// <summary>The visitor's e-mail address.</summary>
    [StringLength(320), EmailAddress(ErrorMessage = "email is not an e-mail address.")]
    public string? Email { get; init; }

    /// <summary>
    /// The visitor's phone number. Without a country code, it is read as a number of the tenant's or the visitor's region.
    /// </summary>
    [StringLength(40, ErrorMessage = "phone can have at most 40 characters.")]
    public string? Phone { get; init; }

    /// <summary>The visitor's name.</summary>
    [StringLength(200, ErrorMessage = "name can have at most 200 characters.")]
    public string? Name { get; init; }

    /// <summary>The privacy notice that the visitor was shown, word for word.</summary>
    [StringLength(1_000, ErrorMessage = "consent can have at most 1,000 characters.")]
    public string? Consent { get; init; }

    /// <summary>The widget's language for the visitor, such as <c>de</c>.</summary>
    [StringLength(10)]
    public string? Locale { get; init; }

    /// <summary>The page on which the visitor gives them. It counts for this page in analytics.</summary>
    [StringLength(2_000)]
    public string? Page { get; init; }

    /// <summary>Whether the visitor declines. Then nothing of the request is kept.</summary>
    public bool Declined { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Declined && string.IsNullOrWhiteSpace(Email) && string.IsNullOrWhiteSpace(Phone))
            yield return new("email or phone is required, unless declined is true.", [nameof(Email)]);
    }
}

/// <summary>Asks for a transcript of the conversation by e-mail.</summary>
public sealed record TranscriptRequest
{
    /// <summary>Your ID for the request. Sending it again has no effect.</summary>
    [Required]
    [StringLength(64, MinimumLength = 1)]
    [JsonConverter(typeof(IdentifierConverter))]
    public string ClientId { get; init; } = "";

    /// <summary>Where to send the transcript.</summary>
    [Required(ErrorMessage = "email is missing.")]
    [StringLength(320), EmailAddress(ErrorMessage = "email is not an e-mail address.")]
    public string Email { get; init; } = "";

    /// <summary>The language of the e-mail, such as <c>de</c>. Defaults to the visitor's language.</summary>
    [StringLength(10)]
    public string? Locale { get; init; }
}

/// <summary>Identifies the visitor.</summary>
public sealed record IdentifyRequest
{
    /// <summary>The visitor's ID on the customer's site.</summary>
    [StringLength(200)]
    [JsonConverter(typeof(IdentifierConverter))]
    public string? Id { get; init; }

    /// <summary>The visitor's name.</summary>
    [StringLength(200)]
    public string? Name { get; init; }

    /// <summary>The visitor's e-mail address.</summary>
    [StringLength(320), EmailAddress]
    public string? Email { get; init; }
}

/// <summary>Information about the page for the assistant: a product, a plan, a cart.</summary>
public sealed record ContextRequest
{
    /// <summary>At most 20 entries of at most 500 characters. Entries without a value are ignored.</summary>
    [Required]
    public IReadOnlyDictionary<string, string?> Context { get; init; } = new Dictionary<string, string?>(StringComparer.Ordinal);
}
