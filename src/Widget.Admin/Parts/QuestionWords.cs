using System.Globalization;
using Widget.Admin.Api;
using Widget.Contracts;

namespace Widget.Admin.Parts;

/// <summary>A company's questions for leads, and the answers to them, in the viewer's words instead of their keys.</summary>
public sealed class QuestionWords(ApiClient api)
{
    private IReadOnlyList<QualificationQuestion> _questions = [];

    /// <summary>Reads the company's questions. Without it, questions and answers are shown as they are stored.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        try
        {
            _questions = (await api.GetAsync<LeadQualification?>("/api/leads/qualification", ct))?.Questions ?? [];
        }
        catch (ApiException)
        {
            // Who may read conversations may not be allowed to read leads.
            _questions = [];
        }
    }

    /// <summary>The text of a question.</summary>
    public string Question(string key) => Find(key) is { } question ? In(question.Texts, question.Text) : key;

    /// <summary>The label of an answer.</summary>
    public string Answer(string key, string value) =>
        Find(key)?.Answers.FirstOrDefault(answer => string.Equals(answer.Value, value, StringComparison.OrdinalIgnoreCase)) is { } answer
            ? In(answer.Labels, answer.Label ?? value)
            : value;

    private QualificationQuestion? Find(string key) => _questions.FirstOrDefault(question => question.Key == key);

    private static string In(IReadOnlyDictionary<string, string> texts, string text) =>
        texts.GetValueOrDefault(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName, text);
}
