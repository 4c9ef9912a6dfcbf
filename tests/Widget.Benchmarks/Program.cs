using Widget.Benchmarks;

switch (args)
{
    case ["collection", var folder]:
        await CollectionBenchmark.RunAsync(folder);
        return 0;
    case ["refusal", var folder]:
        await RefusalBenchmark.RunAsync(folder);
        return 0;
    default:
        Console.Error.WriteLine("""
            Usage: dotnet run -c Release --project tests/Widget.Benchmarks -- COMMAND

              collection FOLDER   quality and speed of search on a test collection
              refusal FOLDER      when to say no, on the demo companies and a test collection

            A test collection is a folder with corpus.jsonl {id, title, text}, queries.jsonl {id, text} and
            qrels.tsv query<TAB>document<TAB>grade.
            """);
        return 2;
}
