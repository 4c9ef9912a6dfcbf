#pragma warning disable IDE0130 // The names are those of the Pgvector packages, so that they can take the place of this folder.
#pragma warning disable NPG9001 // Npgsql's plug-in surface is marked experimental; the Pgvector package uses the same.
using Npgsql.Internal;
using Npgsql.Internal.Postgres;
using Npgsql.TypeMapping;

namespace Pgvector.Npgsql;

/// <summary>Teaches Npgsql pgvector's binary formats, so that vectors travel as parameters, results and COPY without text.</summary>
public static class VectorExtensions
{
    public static INpgsqlTypeMapper UseVector(this INpgsqlTypeMapper mapper)
    {
        mapper.AddTypeInfoResolverFactory(new VectorTypeInfoResolverFactory());
        return mapper;
    }
}

internal sealed class VectorTypeInfoResolverFactory : PgTypeInfoResolverFactory
{
    public override IPgTypeInfoResolver CreateResolver() => new Resolver();

    public override IPgTypeInfoResolver? CreateArrayResolver() => null;

    private sealed class Resolver : IPgTypeInfoResolver
    {
        private readonly TypeInfoMappingCollection _mappings = CreateMappings();

        public PgTypeInfo? GetTypeInfo(Type? type, DataTypeName? dataTypeName, PgSerializerOptions options) =>
            _mappings.Find(type, dataTypeName, options);

        private static TypeInfoMappingCollection CreateMappings()
        {
            var mappings = new TypeInfoMappingCollection();
            mappings.AddType<HalfVector>(
                "halfvec",
                static (options, mapping, _) => mapping.CreateInfo(options, new HalfVectorConverter()),
                isDefault: true);
            mappings.AddType<SparseVector>(
                "sparsevec",
                static (options, mapping, _) => mapping.CreateInfo(options, new SparseVectorConverter()),
                isDefault: true);
            return mappings;
        }
    }
}

/// <summary>int16 dimensions, int16 zero, then IEEE half floats (pgvector, halfvec_send).</summary>
internal sealed class HalfVectorConverter : PgStreamingConverter<HalfVector>
{
    public override HalfVector Read(PgReader reader)
    {
        reader.Buffer(reader.CurrentRemaining);
        var values = new Half[reader.ReadInt16()];
        reader.ReadInt16();
        for (var i = 0; i < values.Length; i++) values[i] = BitConverter.UInt16BitsToHalf(reader.ReadUInt16());
        return new HalfVector(values);
    }

    public override async ValueTask<HalfVector> ReadAsync(PgReader reader, CancellationToken cancellationToken = default)
    {
        await reader.BufferAsync(reader.CurrentRemaining, cancellationToken);
        return Read(reader);
    }

    public override Size GetSize(SizeContext context, HalfVector value, ref object? writeState) => (2 * sizeof(short)) + (sizeof(short) * value.Memory.Length);

    public override void Write(PgWriter writer, HalfVector value)
    {
        Reserve(writer, 2 * sizeof(short));
        writer.WriteInt16((short)value.Memory.Length);
        writer.WriteInt16(0);
        foreach (var element in value.Memory.Span)
        {
            Reserve(writer, sizeof(ushort));
            writer.WriteUInt16(BitConverter.HalfToUInt16Bits(element));
        }
    }

    public override async ValueTask WriteAsync(PgWriter writer, HalfVector value, CancellationToken cancellationToken = default)
    {
        await ReserveAsync(writer, 2 * sizeof(short), cancellationToken);
        writer.WriteInt16((short)value.Memory.Length);
        writer.WriteInt16(0);
        for (var i = 0; i < value.Memory.Length; i++)
        {
            await ReserveAsync(writer, sizeof(ushort), cancellationToken);
            writer.WriteUInt16(BitConverter.HalfToUInt16Bits(value.Memory.Span[i]));
        }
    }

    private static void Reserve(PgWriter writer, int bytes)
    {
        if (writer.ShouldFlush(bytes)) writer.Flush();
    }

    private static ValueTask ReserveAsync(PgWriter writer, int bytes, CancellationToken ct) =>
        writer.ShouldFlush(bytes) ? writer.FlushAsync(ct) : ValueTask.CompletedTask;
}

/// <summary>int32 dimensions, int32 non-zero count, int32 zero, zero-based int32 indices, then float32 values (pgvector, sparsevec_send).</summary>
internal sealed class SparseVectorConverter : PgStreamingConverter<SparseVector>
{
    public override SparseVector Read(PgReader reader)
    {
        reader.Buffer(reader.CurrentRemaining);
        var dimensions = reader.ReadInt32();
        var indices = new int[reader.ReadInt32()];
        var values = new float[indices.Length];
        reader.ReadInt32();
        for (var i = 0; i < indices.Length; i++) indices[i] = reader.ReadInt32();
        for (var i = 0; i < values.Length; i++) values[i] = reader.ReadFloat();
        return new SparseVector(indices, values, dimensions);
    }

    public override async ValueTask<SparseVector> ReadAsync(PgReader reader, CancellationToken cancellationToken = default)
    {
        await reader.BufferAsync(reader.CurrentRemaining, cancellationToken);
        return Read(reader);
    }

    public override Size GetSize(SizeContext context, SparseVector value, ref object? writeState) =>
        (3 * sizeof(int)) + ((sizeof(int) + sizeof(float)) * value.Indices.Length);

    public override void Write(PgWriter writer, SparseVector value)
    {
        if (writer.ShouldFlush(3 * sizeof(int))) writer.Flush();
        WriteHead(writer, value);
        foreach (var index in value.Indices.Span)
        {
            if (writer.ShouldFlush(sizeof(int))) writer.Flush();
            writer.WriteInt32(index);
        }

        foreach (var element in value.Values.Span)
        {
            if (writer.ShouldFlush(sizeof(float))) writer.Flush();
            writer.WriteFloat(element);
        }
    }

    public override async ValueTask WriteAsync(PgWriter writer, SparseVector value, CancellationToken cancellationToken = default)
    {
        if (writer.ShouldFlush(3 * sizeof(int))) await writer.FlushAsync(cancellationToken);
        WriteHead(writer, value);
        for (var i = 0; i < value.Indices.Length; i++)
        {
            if (writer.ShouldFlush(sizeof(int))) await writer.FlushAsync(cancellationToken);
            writer.WriteInt32(value.Indices.Span[i]);
        }

        for (var i = 0; i < value.Values.Length; i++)
        {
            if (writer.ShouldFlush(sizeof(float))) await writer.FlushAsync(cancellationToken);
            writer.WriteFloat(value.Values.Span[i]);
        }
    }

    private static void WriteHead(PgWriter writer, SparseVector value)
    {
        writer.WriteInt32(value.Dimensions);
        writer.WriteInt32(value.Indices.Length);
        writer.WriteInt32(0);
    }
}
