using System.Globalization;
using Widget.Rag.Embeddings;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Own;
using Widget.Rag.Ranking;
using Widget.Rag.Reading;
using Widget.Rag.Search;
using Widget.Rag.Text;
using Widget.Testing;

namespace Widget.Benchmarks;

internal static class SignalsDump
{
    public static async Task RunAsync(string part, string output)
    {
        await using var database = await TestDatabase.CreateAsync();
        using var knowledge = new Knowledge(database, sentences: SentenceModels.Shared);
        var tenants = await Visitors.ImportAsync(database, knowledge);
        var similarity = new SentenceSimilarity(SentenceModels.Shared, TimeProvider.System);
        await using var file = new StreamWriter(output);
        var number = 0;
        foreach (var question in Visitors.Questions(part))
        {
            await using var db = await knowledge.Database.BeginAsync(tenants[question.Company], CancellationToken.None);
            var vectors = await ArmsBenchmark.VectorsAsync(db);
            var texts = new Dictionary<Guid, (string Id, string Title, string Text, string[] Lexemes, string Language, string Locator)>();
            await using (var command = db.Command("select c.id, d.external_id, d.title, c.text, tsvector_to_array(c.lexemes), d.language, c.locator from chunks c join documents d on d.id = c.document_id"))
            await using (var rows = await command.ExecuteReaderAsync())
                while (await rows.ReadAsync()) texts[rows.GetGuid(0)] = (rows.GetString(1), rows.GetString(2), rows.GetString(3), rows.GetFieldValue<string[]>(4), rows.GetString(5), rows.GetString(6));
            var read = await Question.ReadAsync(db, question.Text, CancellationToken.None);
            var terms = read.Terms;
            var asked = SentenceModels.Shared.EmbedQuestion(question.Text)!;
            var found = await Candidates.FindAsync(db, terms, new QuestionVectors(HashedEmbedder.Model, HalfVectors.From(HashedEmbedder.Embed(question.Text)), HalfVectors.From(asked)), 400, KnowledgeFilter.None, default, CancellationToken.None);
            foreach (var candidate in found)
            {
                var (id, title, text, lexemes, language, locator) = texts[candidate.Item];
                var sentences = Sentences.Of(text).ToArray();
                var plain = (await similarity.OfAsync(question.Text, sentences, CancellationToken.None))!;
                var right = question.Facts.Any(fact => VisitorQuestion.Contains(text, fact));
                string F(double? value) => (value ?? -1).ToString("0.0000", CultureInfo.InvariantCulture);
                file.WriteLine(string.Join('\t', new object?[]
                {
                    number, question.Company, question.Language, question.Kind, LanguageDetector.Detect(question.Text) ?? "-",
                    F(candidate.Lexical), F(candidate.Dense), F(candidate.Semantic),
                    F(ArmsBenchmark.Similarity(asked, vectors[candidate.Item], 1)), F(ArmsBenchmark.Similarity(asked, vectors[candidate.Item], 0)),
                    F(Confidence.Coverage(terms, lexemes)), F(plain.Max()), right ? 1 : 0, id, question.Text,
                    sentences[Array.IndexOf(plain, plain.Max())].Replace('\t', ' '), language, sentences.Length, text.Length, title, locator, F(found.Max(one => one.Lexical) / read.FullScore)
                }));
            }

            number++;
        }
    }
}
