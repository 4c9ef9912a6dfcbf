using System.Globalization;
using Widget.Rag.Embeddings;
using Widget.Rag.Embeddings.Local;
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
        string F(double? value) => (value ?? -1).ToString("0.0000", CultureInfo.InvariantCulture);
        static double Dot(float[] a, float[] b) => a.Zip(b).Sum(pair => pair.First * (double)pair.Second);
        foreach (var question in Visitors.Questions(part))
        {
            var result = await knowledge.Base.SearchAsync(
                new KnowledgeQuery { TenantId = tenants[question.Company], Text = question.Text, Limit = 6 }, CancellationToken.None);
            var spelling = HashedEmbedder.Embed(question.Text);
            var rank = 0;
            foreach (var hit in result.Hits.Take(5))
            {
                var sentences = Sentences.Of(hit.Text).ToArray();
                var heading = string.Join(" › ", hit.Locator.Headings.Prepend(hit.Title).Distinct());
                var plain = (await similarity.OfAsync(question.Text, sentences, CancellationToken.None))!;
                var headed = (await similarity.OfAsync(question.Text, [.. sentences.Select(one => heading + ": " + one)], CancellationToken.None))!;
                var head = (await similarity.OfAsync(question.Text, [heading], CancellationToken.None))![0];
                var headSpelling = Dot(spelling, HashedEmbedder.Embed(heading));
                for (var i = 0; i < sentences.Length; i++)
                {
                    file.WriteLine(string.Join('\t', new object?[]
                    {
                        number, question.Company, question.Language, question.Kind, LanguageDetector.Detect(question.Text) ?? "-", rank,
                        F(hit.Score), F(hit.Signals.Coverage), F(hit.Signals.Spelling), F(hit.Signals.Meaning),
                        i, F(plain[i]), F(headed[i]), F(head), F(Dot(spelling, HashedEmbedder.Embed(sentences[i]))), F(headSpelling),
                        question.Facts.Any(fact => VisitorQuestion.Contains(sentences[i], fact)) ? 1 : 0,
                        question.Facts.Any(fact => VisitorQuestion.Contains(hit.Text, fact)) ? 1 : 0,
                        sentences[i].Replace('\t', ' '), question.Text, hit.ExternalId, heading,
                    }));
                }

                rank++;
            }

            number++;
        }
    }
}
