//! Batches behind a muxer, and what many frames leave behind.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, ensure};
use dsframe::surface::{Residency, SurfaceBatch};
use dsframe::{Error, ErrorKind};

use crate::Table;
use crate::checks::{Shared, lock, residency};
use crate::expected::{Expected, checksum};
use crate::memory::Use;
use crate::play::{Player, decoder, source};

/// Two sources behind a muxer, mapped as a batch.
pub(crate) fn batches(table: &mut Table, stream: &Path, expected: &Arc<Expected>) {
    for memory in [1, 2, 3] {
        table.line(
            &format!("batches of two, nvbuf-memory-type={memory} NV12"),
            batched(stream, expected, memory),
        );
    }
}

fn batched(stream: &Path, expected: &Arc<Expected>, memory: u32) -> Result<String> {
    let source = |pad: u32| {
        format!(
            "{} ! nvvideoconvert nvbuf-memory-type={memory} ! video/x-raw(memory:NVMM),format=NV12 ! mux.sink_{pad}",
            source(stream)
        )
    };
    let player = Player::new(&format!(
        "nvstreammux name=mux batch-size=2 ! fakesink sync=false {} {}",
        source(0),
        source(1)
    ))?;
    let seen = Shared::default();
    let (inside, sums) = (Arc::clone(&seen), Arc::clone(expected));
    dsframe::probe::on_batch(&player.pad("mux")?, move |batch| {
        let seen = &mut *lock(&inside);
        let surfaces = batch.surfaces()?;
        seen.surface = format!("{:?}", surfaces.surface(0)?);
        seen.frames += surfaces.len() as usize;
        let maps = match surfaces.map_read_all() {
            Err(error) if error.kind() == ErrorKind::Residency => {
                (seen.refused, seen.last) = (seen.refused + surfaces.len() as usize, error.to_string());
                return Ok(dsframe::probe::Verdict::Ok);
            }
            maps => maps?,
        };
        for frame in batch.frames() {
            let sum = checksum(&maps[frame.batch_id() as usize].view());
            seen.equal += usize::from(sums.sums.get(frame.frame_num() as usize) == Some(&sum));
        }
        Ok(dsframe::probe::Verdict::Ok)
    })?;
    player.run()?;
    let (seen, all) = (lock(&seen), 2 * expected.sums.len());
    ensure!(seen.frames == all, "{} frames came of {all}", seen.frames);
    if residency(memory) == Residency::Device {
        ensure!(seen.refused == all, "{} of {all} frames were refused", seen.refused);
        return Ok(format!("{}; {all} refused: {}", seen.surface, seen.last));
    }
    ensure!(
        seen.equal == all,
        "{} of {all} frames equal the software decoder's; {}",
        seen.equal,
        seen.surface
    );
    Ok(format!("{}; {all} frames equal", seen.surface))
}

/// Memory after a fifth of `frames` frames, and after all of them.
pub(crate) fn growth(table: &mut Table, stream: &Path, expected: &Arc<Expected>, frames: usize) {
    for (memory, format) in [(1, "NV12"), (2, "RGBA"), (3, "RGBA")] {
        let name = format!("{frames} frames of nvbuf-memory-type={memory} {format}");
        table.line(&name, grown(stream, expected, frames, memory, format));
    }
}

fn grown(stream: &Path, expected: &Expected, frames: usize, memory: u32, format: &str) -> Result<String> {
    let rounds = frames.div_ceil(expected.sums.len());
    let player = Player::new(&format!(
        "multifilesrc location=\"{}\" loop=true num-buffers={rounds} \
         caps=\"video/x-h264,stream-format=(string)byte-stream\" ! h264parse ! {} ! \
         nvvideoconvert name=convert nvbuf-memory-type={memory} ! video/x-raw(memory:NVMM),format={format} ! \
         fakesink sync=false",
        stream.display(),
        decoder()
    ))?;
    let uses = Arc::new(Mutex::new(Vec::new()));
    let (inside, counted) = (Arc::clone(&uses), Arc::new(Mutex::new(0)));
    let count = Arc::clone(&counted);
    let refuses = residency(memory) == Residency::Device;
    player.look("convert", move |buffer, number| {
        let batch = SurfaceBatch::from_buffer(buffer)?;
        if refuses {
            if batch.map_read_all().is_ok() {
                return Err(Error::new(ErrorKind::Residency, "device memory was mapped"));
            }
        } else {
            batch.map_write_all()?[0].view_mut().plane_mut(0).row_mut(9)[7] = number as u8;
            let maps = batch.map_read_all()?;
            if maps[0].view().plane(0).row(9)[7] != number as u8 {
                return Err(Error::new(ErrorKind::Residency, "what was written is not there"));
            }
        }
        *count.lock().unwrap_or_else(PoisonError::into_inner) = number + 1;
        if number + 1 == frames / 5 || number + 1 == frames {
            let now = Use::now().map_err(|e| Error::new(ErrorKind::Io, e.to_string()))?;
            inside.lock().unwrap_or_else(PoisonError::into_inner).push(now);
        }
        Ok(())
    })?;
    player.run()?;
    let count = *counted.lock().unwrap_or_else(PoisonError::into_inner);
    let uses = uses.lock().unwrap_or_else(PoisonError::into_inner);
    let [early, late] = uses[..] else { anyhow::bail!("{count} frames came") };
    let host = late.host as i64 - early.host as i64;
    let device = early.device.zip(late.device).map(|(early, late)| late as i64 - early as i64);
    let text = format!(
        "{count} frames; host {:.1} MiB, {:+} KiB since frame {}; device {}",
        late.host as f64 / 1048576.0,
        host / 1024,
        frames / 5,
        device.map_or("not measured".into(), |d| format!("{:+} KiB", d / 1024))
    );
    // A frame of this clip leaked once in a hundred would be more.
    ensure!(host < 4 << 20 && device.unwrap_or(0) < 4 << 20, "{text}");
    Ok(text)
}
