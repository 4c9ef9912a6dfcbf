using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>The widget's languages.</summary>
public static class WidgetLocales
{
    public static IReadOnlyList<string> All { get; } = ["en", "de", "es", "ar"];
}

/// <summary>The tenant's texts in one language. What is missing is taken from the settings without a language.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record WidgetTranslation : IValidatableObject
{
    /// <summary>The assistant's greeting in this language.</summary>
    [StringLength(500, ErrorMessage = "A greeting can have at most 500 characters.")]
    public string? Greeting { get; init; }

    /// <summary>What the assistant can do, in this language.</summary>
    [StringLength(300, ErrorMessage = "An introduction can have at most 300 characters.")]
    public string? Introduction { get; init; }

    /// <summary>Suggested questions in this language, at most six.</summary>
    [Required(ErrorMessage = "suggestedQuestions must be a list.")]
    [MaxLength(6, ErrorMessage = "There can be at most six suggested questions in each language.")]
    public IReadOnlyList<string> SuggestedQuestions { get; init; } = [];

    /// <summary>Whether it contains no text.</summary>
    [JsonIgnore]
    public bool IsEmpty => string.IsNullOrWhiteSpace(Greeting) && string.IsNullOrWhiteSpace(Introduction) && SuggestedQuestions.Count == 0;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (SuggestedQuestions.Any(question => string.IsNullOrWhiteSpace(question) || question.Length > 200))
            yield return new("A suggested question must have 1 to 200 characters.", [nameof(SuggestedQuestions)]);
    }
}
