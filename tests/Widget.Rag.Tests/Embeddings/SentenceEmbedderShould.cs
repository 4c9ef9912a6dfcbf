using System.Numerics.Tensors;
using Microsoft.Extensions.Logging.Abstractions;
using Widget.Rag.Embeddings.Local;
using Widget.Testing;

namespace Widget.Rag.Tests.Embeddings;

public sealed class SentenceEmbedderShould
{
    private static readonly SentenceEmbedder Embedder = SentenceModels.Shared;

    [Theory]
    [InlineData("Are you there on Christmas Day?", "We are closed on public holidays.", "A day ticket costs 12 euros.")]
    [InlineData("How do I send something back?", "Returns are free within 30 days.", "Our shop is near the station.")]
    [InlineData("Is my kid allowed to join?", "Minimum age: participants must be eight years old.", "Bring sturdy shoes and water.")]
    public void Find_the_same_meaning_in_other_words(string question, string answer, string other)
    {
        var asked = Embedder.EmbedQuestion(question)!;

        Similarity(asked, answer).ShouldBeGreaterThan(Similarity(asked, other));
    }

    [Fact]
    public void Return_vectors_of_unit_length()
    {
        foreach (var text in new[] { "", "x", "One sentence.", new string('a', 10_000), "数据 و 🦊" })
        {
            var vector = Embedder.EmbedPassage(text)!;
            vector.Length.ShouldBe(SentenceEmbedder.Dimensions);
            TensorPrimitives.Norm(vector).ShouldBe(1, tolerance: 1e-3f);
        }
    }

    [Fact]
    public void Ignore_accents_however_they_are_written() =>
        Similarity(Embedder.EmbedPassage("caf\u00e9 cr\u00e8me")!, "cafe\u0301 cre\u0300me").ShouldBe(1, tolerance: 1e-3);

    [Fact]
    public async Task Serve_many_callers_at_once_with_the_same_result()
    {
        var texts = Enumerable.Range(0, 40)
            .Select(number => $"Room {number} has a view of the {(number % 2 == 0 ? "sea" : "hills")}.")
            .ToArray();
        var alone = texts.Select(text => Embedder.EmbedPassage(text)!).ToArray();

        var together = await Task.WhenAll(texts.Select(text => Task.Run(() => Embedder.EmbedPassage(text)!)));

        for (var i = 0; i < texts.Length; i++) together[i].ShouldBe(alone[i]);
    }

    [Fact]
    public void Work_without_a_folder_that_it_may_write()
    {
        var file = Path.GetTempFileName();
        try
        {
            using var embedder = new SentenceEmbedder(Path.Combine(file, "models"), NullLogger<SentenceEmbedder>.Instance);

            Similarity(embedder.EmbedPassage("Returns are free.")!, "Returns are free.").ShouldBe(1, tolerance: 1e-3);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Replace_a_damaged_model_in_its_folder_by_the_original()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            using (var first = new SentenceEmbedder(folder, NullLogger<SentenceEmbedder>.Instance)) first.IsAvailable.ShouldBeTrue();
            foreach (var model in Directory.GetFiles(folder, "model.onnx", SearchOption.AllDirectories))
                File.WriteAllText(model, "damaged");

            using var second = new SentenceEmbedder(folder, NullLogger<SentenceEmbedder>.Instance);

            second.IsAvailable.ShouldBeTrue();
            Similarity(second.EmbedPassage("Returns are free.")!, "Returns are free.").ShouldBe(1, tolerance: 1e-3);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Similarity(float[] vector, string text) => TensorPrimitives.Dot(vector, Embedder.EmbedPassage(text)!);
}
